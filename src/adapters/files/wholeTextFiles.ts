import { mkdir, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { changedMeanwhile, type TextFiles } from '../../app/waiversFile';
import { writeDurably } from '../journal/durableFile';
import { readText } from './textFile';

/** Text files that people keep under version control: written as a whole, through links, and never over what somebody else wrote meanwhile. */
export const wholeTextFiles: TextFiles = {
  read: readText,
  async replace(path, text, expected) {
    await mkdir(dirname(path), { recursive: true });
    const real = await realpath(path).catch(() => path);
    if ((await readText(real)) !== expected) throw changedMeanwhile(path);
    await writeDurably(real, text);
  },
};
