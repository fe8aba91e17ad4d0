import { readCommsService } from '../lib/cvmain/grpc-js/service.js';

/** cvmain's `CommsService`, see `readCommsService`. */
export const commsService = readCommsService(new URL('../proto/cv_saas.proto', import.meta.url));
