import { join } from 'node:path';
import { isFile } from '../manifestFile';

const FOLDERS = ['.venv', 'venv', 'env', '.env'];
const INTERPRETERS = ['bin/python', 'Scripts/python.exe'];

/** The interpreter of a folder's virtual environment, relative to it with `/`; undefined when it has none. */
export async function findPython(folder: string): Promise<string | undefined> {
  for (const environment of FOLDERS)
    for (const interpreter of INTERPRETERS)
      if (await isFile(join(folder, environment, interpreter))) return `${environment}/${interpreter}`;
  return undefined;
}
