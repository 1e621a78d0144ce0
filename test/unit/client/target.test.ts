import assert from 'node:assert/strict';
import { MIXED, targetOf } from '../../../src/client/target';

const date = (node: string, day: string) => ({ data: { id: day, target: { nodes: [node], from: day, to: day } } });

describe('targetOf', () => {
  it('is empty for a command from the palette', () => {
    assert.deepEqual(targetOf(undefined), {});
    assert.deepEqual(targetOf(undefined, undefined), {});
  });

  it('reads a tree node, and a target as the matrix and links pass it', () => {
    assert.deepEqual(targetOf(date('PDC', '2021-11-05')), { nodes: ['PDC'], from: '2021-11-05', to: '2021-11-05' });
    assert.deepEqual(targetOf({ nodes: ['PDC'], dates: ['2021-11-05'] }), { nodes: ['PDC'], dates: ['2021-11-05'] });
    assert.deepEqual(targetOf({ backfill: 'b1' }), { backfill: 'b1' });
  });

  it('takes nothing from arguments of another shape', () => {
    for (const wrong of [null, 7, 'PDC', [], { nodes: 'PDC' }, { nodes: [1] }, { data: 3 }, { from: 20211105 }]) {
      assert.deepEqual(targetOf(wrong), {});
    }
  });

  it('joins selected dates of one processor, in order', () => {
    const selected = [date('PDC', '2021-11-08'), date('PDC', '2021-11-05')];
    assert.deepEqual(targetOf(selected[0], selected), { nodes: ['PDC'], dates: ['2021-11-05', '2021-11-08'] });
  });

  it('joins the same dates of several processors', () => {
    const selected = [date('PDC', '2021-11-05'), date('PCF', '2021-11-05')];
    assert.deepEqual(targetOf(selected[0], selected), { nodes: ['PDC', 'PCF'], from: '2021-11-05', to: '2021-11-05' });
  });

  it('joins what several groups mean, and refuses a group beside anything else', () => {
    const groups = ['A & 2021-11-05 & all', 'B & 2021-11-06 & all'].map((select) => ({
      data: { target: { nodes: ['A', 'B'], select } },
    }));
    assert.deepEqual(targetOf(groups[0], groups), {
      nodes: ['A', 'B'],
      select: 'A & 2021-11-05 & all | B & 2021-11-06 & all',
    });
    const both = [groups[0], date('PDC', '2021-11-05')];
    assert.equal(targetOf(both[0], both), MIXED);
  });

  it('refuses a selection that no request can name exactly', () => {
    const selected = [date('PDC', '2021-11-05'), date('PCF', '2021-11-08')];
    assert.equal(targetOf(selected[0], selected), MIXED);
    const months = [
      { data: { target: { nodes: ['PDC'], from: '2021-11-01', to: '2021-11-30' } } },
      { data: { target: { nodes: ['PDC'], from: '2022-01-01', to: '2022-01-31' } } },
    ];
    assert.equal(targetOf(months[0], months), MIXED);
  });
});
