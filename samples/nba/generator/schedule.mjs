import { TEAMS } from './league.mjs';
import { randomStream } from './random.mjs';

/** @typedef {{ id: string, season: number, day: number, status: number, type: 'regular' | 'play-in' | 'playoffs', home: number, away: number }} Game */

const MS_PER_DAY = 86_400_000;
/** @param {string} iso */
const dayOf = (iso) => Date.parse(iso) / MS_PER_DAY;

/** The dates are the league's own: first game, last game of the regular season, last game; and the days that nobody plays on. */
export const SEASONS = [
  {
    year: 2021,
    start: '2021-10-19',
    regularEnd: '2022-04-10',
    end: '2022-06-16',
    breaks: [['2022-02-18', '2022-02-23']],
    free: ['2021-11-25', '2021-12-24', '2022-04-04'],
  },
  {
    year: 2022,
    start: '2022-10-18',
    regularEnd: '2023-04-09',
    end: '2023-06-12',
    breaks: [['2023-02-17', '2023-02-22']],
    free: ['2022-11-08', '2022-11-24', '2022-12-24', '2023-04-03'],
  },
  {
    year: 2023,
    start: '2023-10-24',
    regularEnd: '2024-04-14',
    end: '2024-06-17',
    breaks: [['2024-02-16', '2024-02-21']],
    free: ['2023-11-07', '2023-11-23', '2023-12-24', '2024-04-08'],
  },
  {
    year: 2024,
    start: '2024-10-22',
    regularEnd: '2025-04-13',
    end: '2025-06-22',
    breaks: [['2025-02-14', '2025-02-18']],
    free: ['2024-11-05', '2024-11-28', '2024-12-24', '2025-04-07'],
  },
];

const GAMES_EACH = 82;
/** Sunday to Saturday. */
const GAMES_BY_WEEKDAY = [7, 8, 5, 10, 3, 10, 8];
/** Postponed games in the winter of 2021-22: on the schedule, never played. */
const POSTPONED = { from: dayOf('2021-12-17'), to: dayOf('2021-12-29'), share: 0.25 };
/** The first season opens slowly and unevenly: fewer games a day, and no care for who has played how often. */
const SLOW_START = { year: 2021, days: 17, share: 0.5 };

/**
 * @param {number} seed
 * @param {import('./league.mjs').LeagueSeason[]} leagueSeasons
 * @returns {Game[]} in order of dates
 */
export function makeSchedule(seed, leagueSeasons) {
  return SEASONS.flatMap((season, index) => {
    const random = randomStream(seed, `schedule ${season.year}`);
    const { strength } = leagueSeasons[index];
    return [...regularSeason(season, random), ...playoffs(season, strength, random)];
  });
}

function regularSeason(season, random) {
  const [start, end] = [dayOf(season.start), dayOf(season.regularEnd)];
  const free = new Set(season.free.map(dayOf));
  const inBreak = (day) => season.breaks.some(([from, to]) => day >= dayOf(from) && day <= dayOf(to));
  const days = [];
  for (let day = start; day <= end; day++) if (!free.has(day) && !inBreak(day)) days.push(day);

  const isSlow = (day) => season.year === SLOW_START.year && day < start + SLOW_START.days;
  const weight = (day) => GAMES_BY_WEEKDAY[(day + 4) % 7] * (isSlow(day) ? SLOW_START.share : 1);
  let weightLeft = days.reduce((sum, day) => sum + weight(day), 0);
  let gamesLeft = (TEAMS.length * GAMES_EACH) / 2;

  const played = TEAMS.map(() => 0);
  const lastPlayed = TEAMS.map(() => -9);
  const games = [];
  let number = 0;
  for (const day of days) {
    const share = (gamesLeft * weight(day)) / weightLeft;
    weightLeft -= weight(day);
    const lastDay = day === end;
    const count = lastDay ? 15 : Math.max(1, Math.min(15, Math.round(random.around(share, 0.8))));
    // Who has played least plays next, with some luck; the luck ends before the season does, so that all end with as many games.
    const luck = day > end - 12 ? 0.01 : isSlow(day) ? 5 : 1.6;
    const urgency = TEAMS.map((_, team) => played[team] + (lastPlayed[team] === day - 1 ? 1 : 0) + luck * random.next());
    const teams = TEAMS.map((_, team) => team)
      .filter((team) => played[team] < GAMES_EACH)
      .sort((a, b) => urgency[a] - urgency[b])
      .slice(0, 2 * count);
    while (teams.length > 1) {
      const home = teams.shift();
      const [away] = teams.splice(random.between(0, teams.length - 1), 1);
      const postponed = day >= POSTPONED.from && day <= POSTPONED.to && random.chance(POSTPONED.share);
      const game = {
        id: gameId(2, season.year, ++number),
        season: season.year,
        day,
        status: postponed ? 1 : 3,
        type: 'regular',
        home,
        away,
      };
      games.push(random.chance(0.5) ? game : { ...game, home: away, away: home });
      if (postponed) continue;
      gamesLeft--;
      for (const team of [home, away]) {
        played[team]++;
        lastPlayed[team] = day;
      }
    }
  }
  return games;
}

function playoffs(season, strength, random) {
  const [regularEnd, end] = [dayOf(season.regularEnd), dayOf(season.end)];
  const standing = (conference) =>
    TEAMS.map((team, index) => ({ ...team, index }))
      .filter((team) => team.conference === conference)
      .map(({ index }) => ({ index, rank: strength[index] + random.around(0, 0.008) }))
      .sort((a, b) => b.rank - a.rank)
      .map(({ index }) => index);
  const winner = (home, away) => (strength[home] - strength[away] + random.around(0.004, 0.02) > 0 ? home : away);
  const games = [];
  const numbers = { 'play-in': 0, playoffs: 0 };
  const play = (type, day, home, away) => {
    const id = gameId(type === 'play-in' ? 5 : 4, season.year, ++numbers[type]);
    games.push({ id, season: season.year, day, status: 3, type, home, away });
  };
  /** Best of seven at home and away, on the days that `dayOfGame` names. */
  const series = (high, low, dayOfGame) => {
    const length = random.pick([4, 5, 5, 6, 6, 6, 7, 7]);
    for (let game = 0; game < length; game++) {
      const atHigh = [0, 1, 4, 6].includes(game);
      play('playoffs', dayOfGame(game, length), atHigh ? high : low, atHigh ? low : high);
    }
    return winner(high, low);
  };

  const firstRound = regularEnd + 6;
  const rounds = ['East', 'West'].map((conference, side) => {
    const teams = standing(conference);
    const [seventh, eighth, ninth, tenth] = teams.slice(6, 10);
    play('play-in', regularEnd + 2 + side, seventh, eighth);
    play('play-in', regularEnd + 2 + (1 - side), ninth, tenth);
    play('play-in', regularEnd + 5, eighth, ninth);
    const pairs = [
      [0, 7],
      [3, 4],
      [1, 6],
      [2, 5],
    ];
    return pairs.map(([high, low], pair) =>
      series(teams[high], teams[low], (game) => firstRound + ((side + pair) % 2) + 2 * game),
    );
  });
  const secondRound = rounds.map((teams, side) => [
    series(teams[0], teams[1], (game) => firstRound + 16 + side + 2 * game),
    series(teams[2], teams[3], (game) => firstRound + 16 + (1 - side) + 2 * game),
  ]);
  const finalists = secondRound.map(([one, other], side) => series(one, other, (game) => firstRound + 31 + side + 2 * game));
  const lastGap = Math.floor((end - (firstRound + 31 + 14)) / 6);
  series(finalists[0], finalists[1], (game, length) => end - (length - 1 - game) * Math.min(3, Math.max(2, lastGap)));
  return games.sort((a, b) => a.day - b.day || (a.id < b.id ? -1 : 1));
}

/** As the league writes them: 002 regular season, 004 playoffs, 005 play-in; two digits of the year; a number. */
function gameId(kind, year, number) {
  return `00${kind}${String(year).slice(2)}${String(number).padStart(5, '0')}`;
}
