/** Moves the focus among the siblings that can have it: one tab stop for a whole list, arrows inside. */
export function moveFocus(event: KeyboardEvent, direction: 'horizontal' | 'vertical'): void {
  const [back, on] = direction === 'horizontal' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  const step = event.key === on ? 1 : event.key === back ? -1 : 0;
  const edge = event.key === 'Home' || event.key === 'End';
  if (step === 0 && !edge) return;
  const list = event.currentTarget as HTMLElement;
  const items = [...list.querySelectorAll<HTMLElement>('[tabindex]:not(:disabled)')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const next = edge ? (event.key === 'Home' ? 0 : items.length - 1) : (at + step + items.length) % items.length;
  items[next]?.focus();
  event.preventDefault();
  event.stopPropagation();
}
