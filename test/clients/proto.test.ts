import { describe, expect, it } from 'vitest';
import { descriptorIsFresh } from '../../scripts/compile-proto.ts';
import { loadCloudEventService } from '../../src/clients/grpc/service.ts';

describe('the compiled descriptor', () => {
  it('is what proto/ says', () => {
    expect(descriptorIsFresh()).toBe(true);
  });

  it('serves under the names that Maestro has', () => {
    const service = loadCloudEventService();
    expect(service.Publish.path).toBe('/io.cloudevents.v1.CloudEventService/Publish');
    expect(service.Subscribe.path).toBe('/io.cloudevents.v1.CloudEventService/Subscribe');
    expect(service.Subscribe.responseStream).toBe(true);
  });

  it('has the field numbers of the public definition', () => {
    const bytes = loadCloudEventService().Publish.requestSerialize({
      event: {
        id: 'i',
        source: 's',
        spec_version: '1.0',
        type: 't',
        attributes: { 'ce-n': { ce_integer: 5 } },
        binary_data: Buffer.from('d'),
      },
    });
    const event = [
      '0a0169', // 1: id
      '120173', // 2: source
      '1a03312e30', // 3: spec_version
      '220174', // 4: type
      '2a0a0a0463652d6e12021005', // 5: attributes, of which the value's field 2 is ce_integer
      '320164', // 6: binary_data
    ].join('');
    expect(bytes.toString('hex')).toBe(`0a${(event.length / 2).toString(16)}${event}`);
  });
});
