import * as vscode from 'vscode';
import { counted } from '../base/figures';
import { messageOf } from '../base/logger';
import type { SelectionAnswer } from '../protocol/messages';

const HELP =
  'Terms: PDC, phase:4 · 2021-11-05, [2021-11-01..2021-11-30], 2021-12-*, season:2021-22 · missing, failed, gaps, all · !2021-11-25 leaves out';

/**
 * Lets a person write which partitions to run; what is wrong, or how much is meant, is told while it is typed.
 * @param ask what the engine says of a text.
 * @returns the text in its canonical form; undefined when it was dismissed.
 */
export async function askSelection(
  title: string,
  current: string,
  ask: (select: string) => Promise<SelectionAnswer>,
): Promise<string | undefined> {
  const input = vscode.window.createInputBox();
  input.title = title;
  input.placeholder = 'Every gap of every processor';
  input.value = current;
  input.valueSelection = [current.length, current.length];
  input.ignoreFocusOut = true;
  // What was typed last counts, in whatever order the answers come.
  let last = 0;
  const look = async (select: string): Promise<SelectionAnswer | undefined> => {
    last += 1;
    const mine = last;
    try {
      const answer = await ask(select);
      if (mine === last) input.validationMessage = told(answer);
      return answer;
    } catch (error) {
      if (mine === last) input.validationMessage = messageOf(error);
      return undefined;
    }
  };
  try {
    return await new Promise((resolve) => {
      input.onDidChangeValue((value) => void look(value));
      input.onDidAccept(async () => {
        const answer = await look(input.value);
        if (answer !== undefined && 'text' in answer) resolve(answer.text);
      });
      input.onDidHide(() => resolve(undefined));
      input.show();
      void look(current);
    });
  } finally {
    input.dispose();
  }
}

function told(answer: SelectionAnswer): string | vscode.InputBoxValidationMessage {
  if ('problem' in answer) return `At ${answer.problem.from + 1}: ${answer.problem.message}`;
  const { partitions, dates } = answer;
  const message =
    partitions === 0 ? 'Nothing of it is to run now' : `${counted(partitions, 'partition')}, ${counted(dates, 'date')}`;
  return { message: `${message}. ${HELP}`, severity: vscode.InputBoxValidationSeverity.Info };
}
