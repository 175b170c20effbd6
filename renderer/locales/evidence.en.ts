/** Words of what stands beside the tables: the linear-system view of a layer. */
export const evidenceEn = {
  'filters.chart': 'What is drawn',
  'filters.view.spectrum': 'Spectrum',
  'filters.view.mtf': 'MTF',
  'filters.view.insert': 'CT numbers',
  'filters.mtf': 'Modulation transfer of {node}',
  'filters.insert': 'Response of {node} to the CT number',
  'filters.mtfX': 'frequency ({unit})',
  'filters.mtfXmm': 'cycles/mm',
  'filters.mtfXvoxel': 'cycles/voxel',
  'filters.mtfY': 'transfer, of the largest',
  'filters.insertX': 'insert ({unit})',
  'filters.insertXnet': 'insert (network units)',
  'filters.insertY': 'middle of the insert',
  'filters.mtfKey':
    'White: median of the channels, dashed along rows. Band: least to greatest. Yellow: channel {channel}.',
  'filters.insertKey': 'White: median of the channels. Band: least to greatest. Yellow: channel {channel}.',
  'filters.noResponse':
    'Not measured yet: a water field with a line, known noise and an insert, shown to the network alone. No patient.',
  'filters.measure': 'Measure',
  'filters.silentResponse': 'At water a small line moves no channel of this layer.',
  'filters.noPlaces': 'This layer has no places of its own along the image: no modulation transfer.',
  'filters.notInResponse': 'This layer was not measured.',
  'filters.number.noiseGain': 'Noise gain σ out / in',
  'filters.number.mtf50': 'MTF 0.5 at (1/{unit})',
  'filters.number.bent': 'Not linear at water',
  'filters.number.still': 'Unmoved at water',
  'filters.ofChannels': '{count} of {all}',
  'filters.help.noiseGain':
    'Noise of the layer over that of the input (network units), median and range over channels. Above 1: noise is amplified.',
  'filters.help.mtf50': 'Frequency at which the modulation transfer falls to one half, median and range over channels.',
  'filters.help.bent':
    'Channels that answer a line of +10 HU otherwise than one of −10 HU: their MTF is that of the odd part alone. A perfectly even field sets max pooling at its bend.',
  'filters.help.still': 'Channels that a small line at water does not move at all: a rectifier that is off there.',
} as const;
