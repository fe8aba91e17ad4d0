import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/**
 * cvmain's `CommsService` as `file`, which is `proto/cv_saas.proto`, describes it: paths, serializers and deserializers.
 * Messages keep the field names of the file, and fields that are not on the wire come as their proto3 defaults (docs/domain.md#grpc). Throws where there is no such file, or no such service in it.
 */
export const readCommsService = (file: URL): ServiceDefinition => {
  const path = fileURLToPath(file);
  const definition = loadSync(path, { keepCase: true, defaults: true })['cv_saas.CommsService'];
  if (definition === undefined || 'format' in definition) throw new Error(`${path} has no CommsService`);
  return definition;
};
