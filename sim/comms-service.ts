import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const protoFile = fileURLToPath(new URL('../proto/cv_saas.proto', import.meta.url));

/**
 * cvmain's `CommsService` as `proto/cv_saas.proto` describes it: paths, serializers and deserializers. Messages keep
 * the field names of the file, and fields that are not on the wire come as their proto3 defaults (docs/domain.md#grpc).
 */
export const commsService: ServiceDefinition = load();

function load(): ServiceDefinition {
  const definition = loadSync(protoFile, { keepCase: true, defaults: true })['cv_saas.CommsService'];
  if (definition === undefined || 'format' in definition) throw new Error(`${protoFile} has no CommsService`);
  return definition;
}
