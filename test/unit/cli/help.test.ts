import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Command } from '../../../src/cli/command';
import { COMMANDS } from '../../../src/cli/commandTable';
import { commandHelp, generalHelp, optionWords } from '../../../src/cli/help';
import { requestFrom } from '../../../src/cli/launch';
import { parseCommandLine, usageLine } from '../../../src/cli/parseCommandLine';
import { textWidth } from '../../../src/cli/textWidth';
import { CHOICES } from '../../../src/core/backfill/backfill';
import { runCommandLine } from '../../../src/core/plan/commandLine';
import { buildPipeline } from '../../support/builders';
import { assertGolden } from '../../support/golden';
import { planRequest } from '../../support/requests';

const LISTED = COMMANDS.filter(({ hidden }) => hidden !== true);

describe('help', () => {
  it('lists every command but the hidden one', () => {
    const text = generalHelp(COMMANDS, 80);
    assertGolden('cli/help.txt', text);
    for (const { name } of LISTED) assert.match(text, new RegExp(`^ {2}${name} `, 'm'));
    assert.doesNotMatch(text, /execute/);
  });

  it('has the commands of this release and no others', () => {
    const names =
      'init check coverage gaps explain missing-entities failures report plan run attach pause resume cancel runs logs timing impact clean waive sql';
    assert.equal(LISTED.map(({ name }) => name).join(' '), names);
  });

  it('tells every operand and option of a command, in 80 columns', () => {
    for (const command of COMMANDS) {
      const text = commandHelp(command, 80);
      for (const { name } of command.operands ?? []) assert.match(text, new RegExp(`^ {2}${name} `, 'm'));
      for (const [name, spec] of Object.entries(command.options))
        assert.ok(text.includes(optionWords(name, spec)), `${command.name} --${name}`);
      const prose = text.split('\n').filter((line) => !line.startsWith('  backfill '));
      for (const line of prose) assert.ok(textWidth(line) <= 80, `${command.name}: ${line}`);
    }
  });

  it('has examples that are command lines', () => {
    for (const { examples = [] } of COMMANDS) {
      for (const example of examples) {
        const parsed = parseCommandLine(example.split(' ').slice(1), COMMANDS);
        assert.equal(parsed.kind, 'run', `${example}: ${JSON.stringify(parsed)}`);
      }
    }
  });
});

describe('docs/commandLine.md', () => {
  const sections = new Map(
    readFileSync('docs/commandLine.md', 'utf8')
      .split(/^### /m)
      .slice(1)
      .map((section) => [/^`backfill ([\w-]+)/.exec(section)?.[1] ?? '', section.split(/^## /m)[0] ?? ''] as const),
  );
  const optionsIn = (name: string): readonly string[] =>
    [...(sections.get(name) ?? '').matchAll(/`(--[a-z-]+)/g)].map(([, option]) => option ?? '');

  it('has a section for each command, with its operands', () => {
    assert.deepEqual([...sections.keys()].sort(), LISTED.map(({ name }) => name).sort());
    for (const command of LISTED) {
      const heading = usageLine(command).replace(' [options]', '');
      assert.ok(sections.get(command.name)?.startsWith(`\`${heading}\``), heading);
    }
  });

  it('names every option of a command, and none that it does not have', () => {
    for (const command of LISTED) {
      // `run` refers to those that it shares with `plan`.
      const named = new Set([...optionsIn(command.name), ...(command.name === 'run' ? optionsIn('plan') : [])]);
      assert.deepEqual([...named].sort(), optionsOf(command), command.name);
    }
  });
});

function optionsOf(command: Command): string[] {
  return Object.keys(command.options)
    .map((name) => `--${name}`)
    .sort();
}

describe('a launch as a command', () => {
  it('is read back as the same request', () => {
    const pipeline = buildPipeline({
      seasons: [['2021-11-01', '2021-11-30']],
      nodes: [{ id: 'A' }, { id: 'B' }, { id: 'RAW', phase: 'sources' }],
    });
    const when = fc.oneof(
      fc.constant({}),
      fc.record({ dates: fc.constantFrom(['2021-11-05'], ['2021-11-05', '2021-11-09']) }),
      fc.record({ from: fc.constant('2021-11-01'), to: fc.constant('2021-11-30') }),
    );
    const request = fc.record({
      processors: fc.subarray(['A', 'B']),
      choices: fc.subarray([...CHOICES], { minLength: 1 }),
      withUpstream: fc.boolean(),
      withDownstream: fc.boolean(),
      order: fc.constantFrom('oldest' as const, 'newest' as const),
      slots: fc.integer({ min: 1, max: 99 }),
      policy: fc.constantFrom('continue' as const, 'stop' as const, 'failFast' as const),
      overrides: fc.subarray(['skip-needs', 'fresh']),
    });
    fc.assert(
      fc.property(request, when, (asked, dates) => {
        const wanted = planRequest({ ...asked, ...dates });
        const parsed = parseCommandLine(
          runCommandLine({ ...asked, ...dates })
            .split(' ')
            .slice(1),
          COMMANDS,
        );
        assert.equal(parsed.kind, 'run');
        if (parsed.kind !== 'run') return;
        assert.deepEqual(requestFrom(pipeline, parsed.options as Parameters<typeof requestFrom>[1]), wanted);
      }),
    );
  });

  it('quotes what a shell would take apart', () => {
    assert.equal(
      runCommandLine({ processors: ['A'], reason: "it's late" }),
      "backfill run --processor A --reason 'it'\\''s late'",
    );
  });
});
