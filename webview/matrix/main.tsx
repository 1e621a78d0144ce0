import '@vscode/codicons/dist/codicon.css';
import '../shared/page.css';
import './toolbar.css';
import './matrix.css';
import { render } from 'preact';
import type { FromMatrix, ToMatrix } from '../../src/protocol/matrix';
import { connectHost } from '../shared/host';
import { MatrixApp } from './matrixApp';
import type { SavedView } from './savedView';

const root = document.getElementById('root');
if (root !== null) {
  render(<MatrixApp host={connectHost<FromMatrix, ToMatrix, SavedView>()} />, root);
}
