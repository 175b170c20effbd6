/** The labels of `organs-unet`, index = value in a label map; the names are TG-263's. */
export const labels = ['background', 'Parotid_L', 'Parotid_R', 'SpinalCord', 'Bone_Mandible', 'Brainstem'] as const;

/** OpenKBP's names of the same organs, in the same order from label 1 on. */
export const openKbpNames = ['LeftParotid', 'RightParotid', 'SpinalCord', 'Mandible', 'Brainstem'] as const;
