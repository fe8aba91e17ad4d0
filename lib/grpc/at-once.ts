import { AsyncResource } from 'node:async_hooks';

/**
 * Gives what `request` gives, which asks a connected session of `node:http2` for a stream; quicker than without, as
 * `AsyncResource.bind` gives the function itself meanwhile, and is for everybody else what it was.
 *
 * `ClientHttp2Session.request` binds a function to the asynchronous context, as a session that is not connected calls it
 * later. One that is connected calls it at once, in that context. In Node 20 to 24 the bound function gets a property that is
 * deprecated (DEP0172), which takes more time than all else for a stream (nodejs/node#58218); Node 25 has it no more.
 */
export const atOnce = <A>(request: () => A): A => {
  const { bind } = AsyncResource.prototype;
  AsyncResource.prototype.bind = itself;
  try {
    return request();
  } finally {
    AsyncResource.prototype.bind = bind;
  }
};

const itself = <F>(fn: F): F => fn;
