import type { CoverageState } from '../../app/session/pipelineSession';
import { parseSelection } from '../../base/selection/parse';
import { printSelection } from '../../base/selection/print';
import { tablesOf } from '../../core/coverage/classify';
import { chooseScope, namesOf } from '../../core/plan/planScope';
import type { SelectionAnswer } from '../../protocol/messages';

/** What somebody who types a selection wants to know at every key: whether it can be read, and how much it means now. */
export function answerSelection({ input, grid }: CoverageState, select: string): SelectionAnswer {
  const parsed = parseSelection(select, namesOf(input.pipeline));
  if ('problem' in parsed) return { problem: parsed.problem };
  const text = printSelection(parsed.selection);
  const t = tablesOf(input, grid);
  const { cells, isChosen } = chooseScope(t, grid, { select: text });
  const chosen = cells.filter(isChosen);
  return { text, partitions: chosen.length, dates: new Set(chosen.map((cell) => cell % t.dayCount)).size };
}

/** A selection in its canonical form. Throws an Error that says what is wrong with it, and where. */
export function canonical({ input }: CoverageState, select: string): string {
  const parsed = parseSelection(select, namesOf(input.pipeline));
  if ('selection' in parsed) return printSelection(parsed.selection);
  throw new Error(`The selection “${select}”, at ${parsed.problem.from + 1}: ${parsed.problem.message}`);
}
