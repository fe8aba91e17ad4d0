import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/**
 * cvmain's `CommsService` as described by `file` (`proto/cv_saas.proto`): paths, serializers and deserializers.
 * Messages keep the field names of the file; fields that are not on the wire have their proto3 defaults
 * (docs/domain.md#grpc). Throws if the file or the service in it is missing.
 */
export const readCommsService = (file: URL): ServiceDefinition => {
  const path = fileURLToPath(file);
  const definition = loadSync(path, { keepCase: true, defaults: true })['cv_saas.CommsService'];
  if (definition === undefined || 'format' in definition) throw new Error(`${path} has no CommsService`);
  return definition;
};
