import { deliveryMutants } from './mutants/delivery.js';
import type { Mutant } from './mutants/mutant.js';
import { sessionMutants } from './mutants/session.js';
import { storageMutants } from './mutants/storage.js';

/** The mechanisms that keep the invariants, each broken once. */
export const mutants: readonly Mutant[] = [...sessionMutants, ...deliveryMutants, ...storageMutants];
