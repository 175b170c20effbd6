/**
 * Mean and standard deviation over 42 patients, rounded: volume (cc) and height (mm above the midpoint of the parotids).
 * Source: measured on OpenKBP; Babier et al., Med. Phys. 48 (2021) 5549.
 */
export const population = {
  Brainstem: { cc: [25, 10], z: [38, 11] },
  SpinalCord: { cc: [23, 8], z: [-86, 18] },
  Parotid_L: { cc: [28, 10], z: [0, 2] },
  Parotid_R: { cc: [28, 10], z: [0, 2] },
  Esophagus: { cc: [11, 4], z: [-134, 16] },
  Larynx: { cc: [18, 12], z: [-77, 12] },
  Bone_Mandible: { cc: [65, 14], z: [-15, 9] },
  PTV_7000: { cc: [314, 193], z: [-37, 20] },
  PTV_5600: { cc: [336, 270], z: [-56, 27] },
} as const;
