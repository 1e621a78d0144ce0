import { useEffect, useState } from 'preact/hooks';
import type { Palette } from './palette';
import { readPalette } from './readPalette';

/** The theme's colours, read again when VS Code changes the theme. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState(() => readPalette(document.body));
  useEffect(() => {
    const observer = new MutationObserver(() => setPalette(readPalette(document.body)));
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    return () => observer.disconnect();
  }, []);
  return palette;
}
