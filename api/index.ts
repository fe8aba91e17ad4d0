/**
 * The pipeline and its operators, to plug in sources and sinks of your own. They need RxJS, which you install: Observables
 * of two copies of RxJS don't mix. The types of `cvmqtt/rules` are exported here, too.
 */
export type { DeliverDeps, Notify } from '../streams/delivery/deliver-deps.js';
export { deliver } from '../streams/operators/deliver.js';
export { paced } from '../streams/operators/paced.js';
export { runEach } from '../streams/operators/run-each.js';
export { settle } from '../streams/operators/settle.js';
export { type WhenServingDeps, whenServing } from '../streams/operators/when-serving.js';
export { type PipelineDeps, pipeline } from '../streams/pipeline.js';
export { type PipelineInMemoryDeps, pipelineInMemory } from '../streams/pipeline-in-memory.js';
export { type Rules, type RulesConfig, rulesOf, type SpoolBounds, spoolBoundsOf } from '../streams/rules.js';
export type * from './rules.js';
