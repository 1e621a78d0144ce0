import '@vscode/codicons/dist/codicon.css';
import '../shared/page.css';
import './timing.css';
import { render } from 'preact';
import type { FromTiming, ToTiming } from '../../src/protocol/timing';
import { connectHost } from '../shared/host';
import { type SavedTiming, TimingApp } from './timingApp';

const root = document.getElementById('root');
if (root !== null) {
  render(<TimingApp host={connectHost<FromTiming, ToTiming, SavedTiming>()} />, root);
}
