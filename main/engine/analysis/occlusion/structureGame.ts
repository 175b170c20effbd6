import type { GameFigures } from '../../../../shared/analysis/occlusion';
import { interaction, necessity, shapley, sufficiency, type Game } from './shapley';

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

const named = (values: readonly number[]): GameFigures['shapley'] => ({
  structure: finite(values[0]),
  context: finite(values[1]),
  outside: finite(values[2]),
});

/** The figures of one filling's game. `interaction` is that of structure and context over the effect. */
export function gameFigures(fill: string, worth: Game): GameFigures {
  const effect = (worth[7] ?? NaN) - (worth[0] ?? NaN);
  return {
    fill,
    scores: worth.map(finite),
    shapley: named(shapley(worth)),
    necessity: named(necessity(worth)),
    sufficiency: named(sufficiency(worth)),
    interaction: finite(interaction(worth, 0, 1) / effect),
  };
}
