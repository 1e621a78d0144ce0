import { randomStream } from './random.mjs';

/** @typedef {{ abbr: string, conference: 'East' | 'West' }} Team */
/**
 * Per minute on the floor, if not said otherwise; shares and percentages from 0 to 1.
 * @typedef {{ index: number, lookup: string, name: string, talent: number, shots: number, freeThrows: number, rebounds: number,
 *   assists: number, steals: number, blocks: number, turnovers: number, paintShare: number, threeShare: number,
 *   paint: number, midRange: number, three: number, freeThrow: number }} Player
 */
/** @typedef {{ strength: number[], pace: number[], rosters: Player[][] }} LeagueSeason by team, as in `TEAMS`; a roster best first */

/** The abbreviations are the league's; everything else here is invented. @type {readonly Team[]} */
export const TEAMS = [
  ...['ATL', 'BKN', 'BOS', 'CHA', 'CHI', 'CLE', 'DET', 'IND', 'MIA', 'MIL', 'NYK', 'ORL', 'PHI', 'TOR', 'WAS'].map((abbr) => ({
    abbr,
    conference: 'East',
  })),
  ...['DAL', 'DEN', 'GSW', 'HOU', 'LAC', 'LAL', 'MEM', 'MIN', 'NOP', 'OKC', 'PHX', 'POR', 'SAC', 'SAS', 'UTA'].map((abbr) => ({
    abbr,
    conference: 'West',
  })),
];

const ROSTER_SIZE = 15;
const STARTS = [
  'Ba',
  'Ce',
  'Da',
  'Do',
  'Fe',
  'Ga',
  'Ha',
  'Je',
  'Ka',
  'Ke',
  'La',
  'Ma',
  'Mo',
  'Ni',
  'Or',
  'Pa',
  'Ra',
  'Re',
  'Sa',
  'Ta',
  'Te',
  'Va',
  'Wi',
  'Za',
];
const ENDS = ['bor', 'dan', 'dric', 'fin', 'len', 'lo', 'mir', 'nel', 'ran', 'ro', 'shaw', 'son', 'tav', 'ven', 'vin', 'xon'];
const MIDDLES = ['dal', 'der', 'el', 'gar', 'in', 'kar', 'len', 'mar', 'on', 'ran', 'ther', 'ul', 'ver', 'win'];
const SURNAME_ENDS = [
  'bek',
  'berg',
  'cott',
  'dane',
  'ford',
  'gren',
  'holt',
  'kov',
  'lund',
  'mann',
  'nard',
  'quist',
  'sby',
  'ton',
  'vale',
  'worth',
];

/**
 * Four seasons of thirty rosters of invented players: most stay, some are traded, some are new.
 * @param {number} seed
 * @param {number} seasonCount
 */
export function makeLeague(seed, seasonCount) {
  const random = randomStream(seed, 'league');
  /** @type {Player[]} */
  const players = [];
  const taken = new Set();

  const invent = (slot) => {
    let name;
    let lookup;
    do {
      name = `${random.pick(STARTS)}${random.pick(ENDS)} ${random.pick(STARTS)}${random.pick(MIDDLES)}${random.pick(SURNAME_ENDS)}`;
      lookup = name.toLowerCase().replaceAll(/[^a-z]/g, '');
    } while (taken.has(lookup));
    taken.add(lookup);
    const big = random.next();
    const talent = random.around(1.12 - slot * 0.035, 0.08);
    const paintShare = 0.28 + 0.4 * big;
    /** @type {Player} */
    const player = {
      index: players.length,
      lookup,
      name,
      talent,
      shots: random.around(0.27 + 0.11 * talent - 0.005 * slot, 0.03),
      freeThrows: random.around(0.06 + 0.04 * talent, 0.02),
      rebounds: 0.1 + 0.2 * big,
      assists: random.around(0.15 - 0.1 * big, 0.03) + (slot < 3 ? 0.06 : 0),
      steals: random.around(0.031, 0.008),
      blocks: 0.006 + 0.04 * big * big,
      turnovers: random.around(0.055, 0.01),
      paintShare,
      threeShare: (1 - paintShare) * random.around(0.7, 0.08),
      paint: random.around(0.56, 0.03),
      midRange: random.around(0.41, 0.03),
      three: random.around(0.36, 0.025),
      freeThrow: random.around(0.78, 0.06),
    };
    players.push(player);
    return player;
  };
  const bestFirst = (roster) => roster.sort((a, b) => b.talent - a.talent || a.index - b.index);

  /** @type {LeagueSeason[]} */
  const seasons = [];
  let rosters = TEAMS.map(() => bestFirst(Array.from({ length: ROSTER_SIZE }, (_, slot) => invent(slot))));
  for (let season = 0; season < seasonCount; season++) {
    if (season > 0) {
      rosters = rosters.map((roster) =>
        roster.map((player, slot) => (random.chance(0.12 + 0.015 * slot) ? invent(slot) : player)),
      );
      for (let trade = 0; trade < 45; trade++) {
        const [from, to, slot] = [random.pick(rosters), random.pick(rosters), random.between(0, ROSTER_SIZE - 1)];
        [from[slot], to[slot]] = [to[slot], from[slot]];
      }
      rosters.forEach(bestFirst);
    }
    seasons.push({
      strength: TEAMS.map(() => random.around(0, 0.02)),
      pace: TEAMS.map(() => random.around(1, 0.025)),
      rosters: rosters.map((roster) => [...roster]),
    });
  }
  return { players, seasons };
}
