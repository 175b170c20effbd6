import { describe, expect, it } from 'vitest';
import { drillOf } from '../../../../main/engine/analysis/robustness/drill';
import type { Kept } from '../../../../main/engine/analysis/robustness/kept';

/** What a patient's input left: of each fault whether the answer changed, and how sure it is then. */
const left = (
  patient: string,
  clean: number | null,
  faults: Readonly<Record<string, readonly [changed: 0 | 1, confidence: number | null]>>,
): Kept =>
  ({
    patient,
    refused: [],
    scored: null,
    values: {
      clean: { confidence: clean },
      families: [
        {
          id: 'metadata',
          steps: Object.entries(faults).map(([severity, [flippedShare, confidence]]) => ({
            severity,
            flippedShare,
            confidence,
          })),
        },
      ],
    },
  }) as unknown as Kept;

const faults = ['mirrored', 'no-rescale', 'prone'] as const;

describe('the drill of header faults', () => {
  it('tells line by line whether the answer changed, and whether the confidence fell', () => {
    const kept = [
      left('A', 0.9, { mirrored: [1, 0.95], 'no-rescale': [1, 0.4], prone: [0, 0.9] }),
      left('B', 0.8, { mirrored: [1, 0.85], 'no-rescale': [1, 0.6], prone: [0, 0.8] }),
      left('C', 0.7, { mirrored: [0, 0.7], 'no-rescale': [1, 0.9], prone: [0, 0.7] }),
    ];
    const [mirrored, rescale, prone] = drillOf(kept, faults, 0.8);
    expect(mirrored).toMatchObject({ patients: 3, changed: 2, noticed: 0, notices: 'no' });
    expect(rescale).toMatchObject({ patients: 3, changed: 3, noticed: 2, notices: 'partly' });
    expect(prone).toMatchObject({ changed: 0, notices: 'no-change' });
    expect(mirrored?.cleanConfidence).toBeCloseTo(0.8, 12);
    expect(mirrored?.faultyConfidence).toBeCloseTo((0.95 + 0.85 + 0.7) / 3, 12);
    expect(mirrored?.sentence.en).toContain('the answer changed in 2 of 3 patients; confidence 0.80 → 0.83');
    expect(mirrored?.sentence.fr).toContain('réponse changée chez 2 patients sur 3 ; confiance 0,80 → 0,83');
  });

  it('counts patients and not inputs, and says where a network has no confidence', () => {
    const kept = [
      left('A', null, { mirrored: [1, null] }),
      left('A', null, { mirrored: [0, null] }),
      left('B', null, { mirrored: [0, null] }),
    ];
    expect(drillOf(kept, faults, 0.8)).toEqual([
      expect.objectContaining({ fault: 'mirrored', patients: 2, changed: 1, noticed: null, notices: null }),
    ]);
  });
});
