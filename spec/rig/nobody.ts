import { runToEnd } from './child.js';

const id = 65_534;

const isRoot = process.getuid?.() === 0;

/** For {@link runToEnd}: a user who may not do everything. Root may. */
export const plainUser = isRoot ? { uid: id, gid: id } : {};

/** Whether that user may run this Node.js: where npx keeps one of its own, nobody else may. */
export const mayRunNode = !isRoot || runToEnd('test', ['-x', process.execPath], plainUser).code === 0;
