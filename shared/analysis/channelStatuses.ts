/** What a channel is, first match wins, in this order. Source: methods §1.1, Status. */
export const channelStatuses = [
  'invalid',
  'dead-certified',
  'dead',
  'silent-so-far',
  'frozen',
  'position-only',
  'border-only',
  'saturated',
  'nearly-dead',
  'dormant',
  'one-sided',
  'always-on',
  'alive',
] as const;
export type ChannelStatus = (typeof channelStatuses)[number];
