import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LiveArea } from '../../../src/cli/liveArea';
import { FakeTerminal, Screen } from './fakeTerminal';

function stage(width: number): { area: LiveArea; screen: Screen; terminal: FakeTerminal; writes: string[] } {
  const screen = new Screen(width);
  const terminal = new FakeTerminal();
  terminal.width = width;
  const writes: string[] = [];
  terminal.write = (text) => {
    writes.push(String(text));
    screen.write(String(text));
  };
  return { area: new LiveArea(terminal), screen, terminal, writes };
}

describe('the live area', () => {
  it('draws each frame over the one before, and leaves nothing of it', () => {
    const { area, screen } = stage(20);
    screen.write('$ backfill attach\n');
    area.draw(['a long first line', 'second', 'third']);
    area.draw(['short', 'second']);
    assert.equal(screen.text(), '$ backfill attach\nshort\nsecond');
    assert.equal(screen.cursorShown, false);
    area.clear();
    assert.equal(screen.text(), '$ backfill attach');
    assert.equal(screen.cursorShown, true);
  });

  it('writes a frame at once, and nothing when nothing changed', () => {
    const { area, writes } = stage(20);
    area.draw(['a', 'b']);
    area.draw(['a', 'b']);
    assert.equal(writes.length, 1);
    area.clear();
    area.clear();
    assert.equal(writes.length, 2);
  });

  it('keeps lines above the frame', () => {
    const { area, screen } = stage(20);
    area.draw(['one', 'two']);
    area.draw(['one', 'two'], ['failed: a']);
    area.draw(['three'], ['failed: b']);
    assert.equal(screen.text(), 'failed: a\nfailed: b\nthree');
  });

  it('survives a resize, in both directions', () => {
    const line = fc.stringMatching(/^[a-z ]{0,39}$/);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), fc.integer({ min: 5, max: 60 }), (lines, width) => {
        const { area, screen, terminal } = stage(40);
        screen.write('before\n');
        area.draw(lines.map((text) => text.trimEnd()));
        screen.reflow(width);
        terminal.width = width;
        area.draw(['x']);
        assert.deepEqual(screen.rows.slice(screen.row - 1, screen.row), ['x']);
        assert.equal(screen.text().replaceAll('\n', ''), 'beforex');
      }),
    );
  });
});
