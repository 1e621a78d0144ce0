import { basename, dirname } from 'node:path';
import { linksFrom } from '../../app/fileLinks';
import { makeHandoff } from '../../app/handoff';
import type { BackfillRecord, Journal } from '../../app/journal';
import type { DamageReporter } from '../../app/journalDamage';
import type { Clock } from '../../app/ports';
import type { ReportStore } from '../../app/reportStore';
import type { CoverageState } from '../../app/session/pipelineSession';
import { parseDay } from '../../base/day';
import { counted, formatCount } from '../../base/figures';
import { type Logger, messageOf } from '../../base/logger';
import { handoffMarkdown } from '../../core/handoff/handoffMarkdown';
import { monthReports, type PeriodReport, seasonReports } from '../../core/handoff/periods';
import type { ReportWindow, Requests } from '../../protocol/messages';
import type { PipelineService } from '../pipelineService';

type Methods = 'backfill/report' | 'backfill/reportWindows';
export type ReportHandlers = { readonly [M in Methods]: (params: Requests[M]['params']) => Promise<Requests[M]['result']> };

export interface ReportDeps {
  readonly service: PipelineService;
  /** Absolute path. */
  readonly manifest: string;
  readonly journal: Journal & DamageReporter;
  readonly reports: ReportStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const AUDIENCE = 'whoever takes over next';

/** Writes the handoff that the command line writes, too. */
export function reportHandlers({ service, manifest, journal, reports, clock, logger }: ReportDeps): ReportHandlers {
  const known = () => {
    if (service.state === undefined)
      throw new Error('There is no coverage yet: correct the manifest, or wait until it was read.');
    return service.state;
  };
  return {
    'backfill/reportWindows': async () => {
      await service.remembered;
      return windowsOf(known());
    },
    'backfill/report': async ({ nodes, from, to, folder }) => {
      await service.remembered;
      await service.read('probe');
      const state = known();
      const { session } = service;
      const wanted = nodes === undefined ? undefined : new Set(nodes);
      const scope = {
        ...(wanted !== undefined && {
          processors: state.input.pipeline.nodes.filter(({ id }) => wanted.has(id)).map(({ index }) => index),
        }),
        ...(from !== undefined && { from: parseDay(from) ?? 0 }),
        ...(to !== undefined && { to: parseDay(to) ?? 0 }),
      };
      const elsewhere = async () => {
        await service.elsewhere.look();
        return service.elsewhere.report.jobs;
      };
      const calls = async ({ plan }: BackfillRecord) =>
        service.backfills.views.find(({ record }) => record.plan.id === plan.id)?.calls ?? [];
      const request = { scope, audience: AUDIENCE, everyDate: false };
      const { handoff, memory } = await makeHandoff(state, request, {
        session,
        journal,
        elsewhere,
        calls,
        reports,
        clock,
        logger,
      });
      await reports.save(memory).catch((error: unknown) => {
        logger.warn(`The next report cannot tell what is different from this one: ${messageOf(error)}`);
      });
      const link = folder === undefined ? undefined : linksFrom(folder, dirname(manifest));
      const gaps = handoff.groups.reduce((sum, group) => sum + group.gaps.length, 0);
      return {
        markdown: handoffMarkdown(handoff, { manifest: basename(manifest), ...(link !== undefined && { link }) }),
        summary: gaps === 0 ? 'no gaps' : counted(gaps, 'gap'),
      };
    },
  };
}

function windowsOf({ input, grid }: CoverageState): ReportWindow[] {
  const seasons = seasonReports(input, grid, {}).toReversed();
  const months = monthReports(input, grid, {}).toReversed();
  const told = ({ from, to, dates }: PeriodReport) => {
    const incomplete = dates.incomplete === 0 ? 'complete' : `${formatCount(dates.incomplete)} incomplete`;
    return `${from} to ${to} · ${incomplete}`;
  };
  return [
    { name: 'Every date', text: 'by season and month' },
    ...seasons.map((season) => ({ name: `Season ${season.name}`, text: told(season), from: season.from, to: season.to })),
    ...months.map((month) => ({ name: month.name, text: told(month), from: month.from, to: month.to })),
  ];
}
