// The body of a create: checked before it is sent, and without what was not asked for.

const MODEL = "wan2.6-reference-video-flash";

// Returns the body of a request for a video; JSON.stringify leaves out what is undefined.
export function writeBody({ prompt, videoUrls, duration = 5, sound = true, quality, aspectRatio, shots, callbackUrl }) {
  const length = [...prompt].length; // characters; prompt.length counts UTF-16 units
  if (length < 1 || length > 1500) throw new RangeError(`a prompt has 1 to 1500 characters, this one ${length}`);
  const isLink = (url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (videoUrls.length < 1 || videoUrls.length > 3 || !videoUrls.every(isLink)) {
    throw new RangeError("1 to 3 http or https URLs are wanted; upload local files first");
  }
  if (!Number.isInteger(duration) || duration < 2 || duration > 10) {
    throw new RangeError(`a video lasts 2 to 10 whole seconds, not ${duration}`);
  }
  if (callbackUrl !== undefined && (!callbackUrl.startsWith("https://") || callbackUrl.length > 2048)) {
    throw new RangeError("callback_url is the public https URL of the receiver");
  }
  return {
    model: MODEL,
    prompt,
    video_urls: videoUrls,
    duration,
    generate_audio: sound,
    quality,
    aspect_ratio: aspectRatio,
    model_params: shots && { shot_type: shots },
    callback_url: callbackUrl,
  };
}
