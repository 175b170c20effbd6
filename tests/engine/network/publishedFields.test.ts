import { describe, expect, it } from 'vitest';
import type { ReceptiveField } from '../../../shared/network';
import { receptiveFields } from '../../../main/engine/network/receptiveField';
import {
  alexnet,
  inceptionResnetV2,
  inceptionV2,
  inceptionV3,
  inceptionV4,
  mobilenet,
  resnet,
  vgg,
  type Published,
} from './publishedNetworks';

/** End point, field, step, and what is padded before the first voxel of an input of 224² and of 321². */
type Row = readonly [end: string, field: number, step: number, at224: number, at321: number];

/**
 * Araujo, Norris & Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019, and the full table of its library
 * (google-research/receptive_field, RECEPTIVE_FIELD_TABLE.md), which is of the TF-Slim networks.
 */
const table: readonly (readonly [string, Published, readonly Row[]])[] = [
  [
    'AlexNet',
    alexnet,
    [
      ['conv1', 11, 4, 0, 0],
      ['pool1', 19, 8, 0, 0],
      ['conv2', 51, 8, 16, 16],
      ['conv3', 99, 16, 32, 32],
      ['conv4', 131, 16, 48, 48],
      ['conv5', 163, 16, 64, 64],
      ['pool5', 195, 32, 64, 64],
    ],
  ],
  [
    'VGG A',
    vgg([1, 1, 2, 2, 2]),
    [
      ['pool1', 4, 2, 1, 1],
      ['pool2', 10, 4, 3, 3],
      ['pool3', 30, 8, 11, 11],
      ['pool4', 70, 16, 27, 27],
      ['pool5', 150, 32, 59, 59],
    ],
  ],
  [
    'VGG 16',
    vgg([2, 2, 3, 3, 3]),
    [
      ['pool1', 6, 2, 2, 2],
      ['pool2', 16, 4, 6, 6],
      ['pool3', 44, 8, 18, 18],
      ['pool4', 100, 16, 42, 42],
      ['pool5', 212, 32, 90, 90],
    ],
  ],
  [
    'MobileNet v1',
    mobilenet,
    [
      ['Conv2d_0', 3, 2, 0, 1],
      ['Conv2d_1_pointwise', 7, 2, 2, 3],
      ['Conv2d_2_pointwise', 11, 4, 2, 5],
      ['Conv2d_4_pointwise', 27, 8, 6, 13],
      ['Conv2d_6_pointwise', 59, 16, 14, 29],
      ['Conv2d_11_pointwise', 219, 16, 94, 109],
      ['Conv2d_12_pointwise', 251, 32, 94, 125],
      ['Conv2d_13_pointwise', 315, 32, 126, 157],
    ],
  ],
  [
    'ResNet 50',
    resnet([3, 4, 6, 3]),
    [
      ['block1', 35, 8, 15, 17],
      ['block2', 99, 16, 47, 49],
      ['block3', 291, 32, 143, 145],
      ['block4', 483, 32, 239, 241],
    ],
  ],
  [
    'ResNet 101',
    resnet([3, 4, 23, 3]),
    [
      ['block3', 835, 32, 415, 417],
      ['block4', 1027, 32, 511, 513],
    ],
  ],
  [
    'ResNet 152',
    resnet([3, 8, 36, 3]),
    [
      ['block2', 163, 16, 79, 81],
      ['block3', 1315, 32, 655, 657],
      ['block4', 1507, 32, 751, 753],
    ],
  ],
  [
    'ResNet 200',
    resnet([3, 24, 36, 3]),
    [
      ['block2', 419, 16, 207, 209],
      ['block4', 1763, 32, 879, 881],
    ],
  ],
  [
    'Inception v2',
    inceptionV2,
    [
      ['Conv2d_1a_7x7', 7, 2, 2, 3],
      ['MaxPool_3a_3x3', 27, 8, 6, 13],
      ['Mixed_3c', 91, 8, 38, 45],
      ['Mixed_4a', 123, 16, 46, 61],
      ['Mixed_4e', 379, 16, 174, 189],
      ['Mixed_5a', 443, 32, 190, 221],
      ['Mixed_5c', 699, 32, 318, 349],
    ],
  ],
  [
    'Inception v3',
    inceptionV3,
    [
      ['Conv2d_2b_3x3', 11, 2, 2, 2],
      ['MaxPool_5a_3x3', 31, 8, 2, 2],
      ['Mixed_5d', 127, 8, 50, 50],
      ['Mixed_6a', 159, 16, 58, 58],
      ['Mixed_6e', 927, 16, 442, 442],
      ['Mixed_7a', 1055, 32, 490, 490],
      ['Mixed_7c', 1311, 32, 618, 618],
    ],
  ],
  [
    'Inception v4',
    inceptionV4,
    [
      ['Mixed_3a', 15, 4, 2, 2],
      ['Mixed_4a', 47, 4, 14, 14],
      ['Mixed_5a', 55, 8, 14, 14],
      ['Mixed_5e', 183, 8, 78, 78],
      ['Mixed_6a', 215, 16, 86, 86],
      ['Mixed_6h', 1559, 16, 758, 758],
      ['Mixed_7a', 1687, 32, 806, 806],
      ['Mixed_7d', 2071, 32, 998, 998],
    ],
  ],
  [
    'Inception-ResNet v2',
    inceptionResnetV2,
    [
      ['Mixed_5b', 63, 8, 18, 18],
      ['Mixed_6a', 415, 16, 186, 186],
      ['PreAuxLogits', 2335, 16, 1146, 1146],
      ['Mixed_7a', 2399, 32, 1162, 1162],
      ['Conv2d_7b_1x1', 3039, 32, 1482, 1482],
    ],
  ],
];

describe('receptive fields of published networks', () => {
  it.each(table)('%s: as Araujo, Norris & Sim give them', (_, { graph, ends }, rows) => {
    for (const size of [224, 321, null] as const) {
      const fields = receptiveFields(graph(size));
      const found = rows.map(([end]) => {
        const field = fields.get(ends.get(end)!) as ReceptiveField;
        const padding = size === null ? null : 0 - field.start[0]!;
        expect(field.size[1]).toBe(field.size[0]);
        return [end, field.size[0], field.step[0], padding];
      });
      const wanted = rows.map(([end, field, step, at224, at321]) => [
        end,
        field,
        step,
        size === null ? null : size === 224 ? at224 : at321,
      ]);
      expect(found, `input of ${size ?? 'any'} size`).toEqual(wanted);
    }
  });
});
