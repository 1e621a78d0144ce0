import nbaStatsScraper from '../../../presets/nba-stats-scraper.yaml' with { type: 'text' };
import type { Presets } from './extend';

/** The presets that ship with the product, by the name that `extends: preset:NAME` calls them by. */
export const PRESETS: Presets = new Map([['nba-stats-scraper', nbaStatsScraper]]);
