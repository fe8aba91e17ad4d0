import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { argumentsFor, pictures } from '../../docs/gallery/pictures.js';
import { endingAfterTest, temporaryDirectory } from '../rig/at-end.js';
import { startCvmqtt } from '../rig/daemon.js';

describe('the gallery', () => {
  const atEnd = endingAfterTest();

  for (const picture of pictures) {
    it(`is up to date: ${picture.file} (else: npm run gallery)`, async () => {
      const target = join(await temporaryDirectory(atEnd), picture.file);
      const child = startCvmqtt(atEnd, argumentsFor(picture, target));
      expect(await child.exited, child.output().stderr).to.deep.equal({ code: 0, signal: null });
      const shown = await readFile(new URL(`../../docs/gallery/${picture.file}`, import.meta.url), 'utf8');
      expect((await readFile(target, 'utf8')) === shown).to.equal(true);
    });
  }
});
