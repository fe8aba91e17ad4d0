import * as E from 'fp-ts/lib/Either.js';

/** The Right, or throws an error that shows the Left. */
export function rightOf<A>(either: E.Either<unknown, A>): A {
  if (E.isLeft(either)) throw new Error(`a left: ${JSON.stringify(either.left)}`);
  return either.right;
}

/** The Left, or throws an error that shows the Right. */
export function leftOf<L>(either: E.Either<L, unknown>): L {
  if (E.isRight(either)) throw new Error(`a right: ${JSON.stringify(either.right)}`);
  return either.left;
}

/** The error with which a promise rejects, or an error because it resolved. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => E.right(undefined),
    (error: unknown) => E.left(error),
  );
  return leftOf(outcome);
}
