import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { LINE_COLUMNS, playGames } from '../../../samples/nba/generator/boxScores.mjs';
import { makeLeague, TEAMS } from '../../../samples/nba/generator/league.mjs';
import { makeSchedule, SEASONS } from '../../../samples/nba/generator/schedule.mjs';
import { readManifest } from '../../../src/core/manifest/readManifest';
import { HOLES } from './sample';

const FIRST_SEASON = SEASONS[0]?.year ?? 0;

function made(seed: number) {
  const league = makeLeague(seed, SEASONS.length);
  return { league, games: makeSchedule(seed, league.seasons) };
}

describe('the league of the sample', () => {
  for (const seed of [HOLES.seed, 1, 2]) {
    it(`plays 82 games a team and season, one a day at most, on days that the manifest expects (seed ${seed})`, () => {
      const { games } = made(seed);
      const { pipeline } = readManifest(readFileSync('samples/nba/backfill.yaml', 'utf8'));
      const played = games.filter(({ status }) => status === 3);
      for (const { year } of SEASONS) {
        const counts = TEAMS.map(() => 0);
        for (const { home, away } of played.filter(({ season, type }) => season === year && type === 'regular')) {
          for (const team of [home, away]) counts[team] = (counts[team] ?? 0) + 1;
        }
        assert.deepEqual(new Set(counts), new Set([82]));
      }
      const appearances = played.flatMap(({ day, home, away }) => [`${day} ${home}`, `${day} ${away}`]);
      assert.equal(new Set(appearances).size, appearances.length);
      for (const { day, season } of played) {
        const { from = 0, to = 0 } = pipeline?.seasons[season - FIRST_SEASON] ?? {};
        assert.ok(day >= from && day <= to);
        assert.ok(!pipeline?.exclusions.some((exclusion) => day >= exclusion.from && day <= exclusion.to));
      }
      assert.equal(new Set(games.map(({ id }) => id)).size, games.length);
    });
  }

  it('has four seasons of about 212 dates and 1,323 games, and postponed games that count for nothing', () => {
    const { games } = made(HOLES.seed);
    for (const { year } of SEASONS) {
      const season = games.filter((game) => game.season === year && game.status === 3);
      assert.ok(Math.abs(new Set(season.map(({ day }) => day)).size - 212) <= 4);
      assert.ok(Math.abs(season.length - 1323) <= 10);
    }
    const postponed = games.filter(({ status }) => status !== 3);
    assert.ok(postponed.length > 0);
    assert.deepEqual(new Set(postponed.map(({ season }) => season)), new Set([2021]));
  });

  it('gives box scores that add up: 240 minutes a team, no more makes than attempts, points like the real ones', () => {
    const { league, games } = made(HOLES.seed);
    const at = (column: string) => LINE_COLUMNS.indexOf(column);
    const minutes = new Map<string, number>();
    let [points, lines] = [0, 0];
    playGames(HOLES.seed, league.seasons, games, FIRST_SEASON, (line) => {
      const get = (column: string) => line[at(column)] ?? Number.NaN;
      const team = `${get('game')} ${get('team')}`;
      minutes.set(team, (minutes.get(team) ?? 0) + get('minutes'));
      for (const zone of ['paint', 'mid_range', 'three']) assert.ok(get(`${zone}_makes`) <= get(`${zone}_attempts`));
      assert.ok(get('free_throws') <= get('free_throw_attempts'));
      points += 2 * (get('paint_makes') + get('mid_range_makes')) + 3 * get('three_makes') + get('free_throws');
      lines++;
    });
    assert.equal(lines, 15 * minutes.size);
    assert.equal(minutes.size, 2 * games.filter(({ status }) => status === 3).length);
    for (const sum of minutes.values()) assert.ok(Math.abs(sum - 240) <= 6);
    assert.ok(Math.abs(points / minutes.size - 112) < 6);
  });

  it('is the same for the same seed and another for another', () => {
    assert.deepEqual(made(3), made(3));
    assert.notDeepEqual(made(3).games, made(4).games);
  });

  it('invents names that are all different', () => {
    const { league } = made(HOLES.seed);
    assert.equal(new Set(league.players.map(({ lookup }) => lookup)).size, league.players.length);
    for (const { rosters } of league.seasons) assert.equal(new Set(rosters.flat().map(({ lookup }) => lookup)).size, 450);
  });
});
