import type { Target } from './target.js';
import { answers } from './targets/answers.js';
import { broker } from './targets/broker.js';
import { captures } from './targets/captures.js';
import { cvmain } from './targets/cvmain.js';
import { files } from './targets/files.js';
import { messages } from './targets/messages.js';
import { ruleTests } from './targets/rule-tests.js';
import { stored } from './targets/stored.js';
import { webSocket } from './targets/web-socket.js';

const others: readonly Target[] = [ruleTests, broker, ...cvmain];

/** All fuzz targets. */
export const targets: readonly Target[] = [
  ...files,
  ...messages,
  ...stored,
  ...captures,
  ...answers,
  ...webSocket,
  ...others,
];
