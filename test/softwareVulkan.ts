/** WebGPU in Node runs on Chromium's software Vulkan driver where no other is set; import it before the adapter is asked for. */
import { existsSync } from 'node:fs';

const SOFTWARE_DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (!process.env.VK_ICD_FILENAMES && existsSync(SOFTWARE_DRIVER))
  process.env.VK_ICD_FILENAMES = SOFTWARE_DRIVER;
