/** Everything that a body gives, in one piece. */
export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of body) blocks.push(block);
  return Buffer.concat(blocks);
}
