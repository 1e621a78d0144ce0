import { randomStream } from './random.mjs';

/** The columns that `playGames` gives for each line, all whole numbers. */
export const LINE_COLUMNS = [
  'game',
  'team',
  'player',
  'starter',
  'minutes',
  'paint_attempts',
  'paint_makes',
  'mid_range_attempts',
  'mid_range_makes',
  'three_attempts',
  'three_makes',
  'free_throw_attempts',
  'free_throws',
  'offensive_rebounds',
  'defensive_rebounds',
  'assists',
  'steals',
  'blocks',
  'turnovers',
  'fouls',
];

const ROTATION = [35, 34, 32, 30, 28, 23, 19, 16, 13, 10];

/**
 * Plays every finished game: a line for each of the fifteen players of both rosters, also for those who did not play.
 * @param {number} seed
 * @param {import('./league.mjs').LeagueSeason[]} seasons
 * @param {import('./schedule.mjs').Game[]} games
 * @param {number} firstSeason
 * @param {(line: readonly number[]) => void} write gets the same array again and again, in the order of LINE_COLUMNS
 */
export function playGames(seed, seasons, games, firstSeason, write) {
  const random = randomStream(seed, 'games');
  const backAt = new Map();
  const line = LINE_COLUMNS.map(() => 0);

  const chooseRotation = (roster, day, lastGame) => {
    const fit = roster.filter((player) => {
      if ((backAt.get(player.index) ?? 0) > day) return false;
      if (random.chance(0.012)) {
        backAt.set(player.index, day + random.between(2, 24));
        return false;
      }
      return true;
    });
    return fit.slice(0, ROTATION.length + random.between(0, lastGame ? 0 : 2));
  };

  const playTeam = (game, index, team, opponent, atHome) => {
    const season = seasons[game.season - firstSeason];
    const rotation = chooseRotation(season.rosters[team], game.day, game.type === 'playoffs');
    const weights = rotation.map((_, slot) => (ROTATION[slot] ?? 4) * random.around(1, 0.12));
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const edge = season.strength[team] - season.strength[opponent] + (atHome ? 0.008 : 0);
    const pace = season.pace[team] * season.pace[opponent] * random.around(1, 0.03);
    for (const player of season.rosters[team]) {
      const slot = rotation.indexOf(player);
      line.fill(0);
      line[0] = index;
      line[1] = team;
      line[2] = player.index;
      if (slot >= 0) fillLine(player, slot, Math.round((240 * weights[slot]) / whole), pace, edge);
      write(line);
    }
  };

  const fillLine = (player, slot, minutes, pace, edge) => {
    const count = (rate) =>
      Math.max(0, Math.round(random.around(rate * minutes * pace, Math.min(2.2, 0.55 + rate * minutes * 0.3))));
    line[3] = slot < 5 ? 1 : 0;
    line[4] = minutes;
    for (let shots = count(player.shots); shots > 0; shots--) {
      const zone = random.next();
      if (zone < player.paintShare) {
        line[5]++;
        if (random.chance(player.paint + edge)) line[6]++;
      } else if (zone < player.paintShare + player.threeShare) {
        line[9]++;
        if (random.chance(player.three + edge)) line[10]++;
      } else {
        line[7]++;
        if (random.chance(player.midRange + edge)) line[8]++;
      }
    }
    for (let tries = count(player.freeThrows); tries > 0; tries--) {
      line[11]++;
      if (random.chance(player.freeThrow)) line[12]++;
    }
    line[13] = count(player.rebounds * 0.25);
    line[14] = count(player.rebounds * 0.75);
    line[15] = count(player.assists);
    line[16] = count(player.steals);
    line[17] = count(player.blocks);
    line[18] = count(player.turnovers);
    line[19] = Math.min(6, count(0.085));
  };

  games.forEach((game, index) => {
    if (game.status !== 3) return;
    playTeam(game, index, game.home, game.away, true);
    playTeam(game, index, game.away, game.home, false);
  });
}
