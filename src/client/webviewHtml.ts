import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The page of a built webview: one script and one style sheet of `root`, nothing else. */
export function webviewHtml(webview: vscode.Webview, root: vscode.Uri, bundle: string, title: string): string {
  const nonce = randomBytes(16).toString('base64url');
  const { cspSource } = webview;
  const uri = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${uri(`${bundle}.css`)}">
<title>${title}</title>
</head>
<body>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${uri(`${bundle}.js`)}"></script>
</body>
</html>`;
}
