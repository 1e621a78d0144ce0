import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ id: string, kind: string, what: string, plant: { after: string, sql: string }[],
 *   journal?: { id: string, processor: string, done: string[], failed: string } }} Hole
 */
/** @param {string} source the folder of the sample @returns {{ seed: number, mode: string, holes: Hole[] }} */
export function readHoles(source) {
  return JSON.parse(readFileSync(join(source, 'holes.json'), 'utf8'));
}

/**
 * The statements that run after a stage of the making.
 * @param {Hole[]} holes
 * @param {string} stage
 */
export function plantsOf(holes, stage) {
  return holes.flatMap(({ plant }) => plant.filter(({ after }) => after === stage).map(({ sql }) => sql));
}
