using System.IO.Hashing;
using SimServe.GpuBackend.Masking;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Devices;

/// <summary>The hash of every row of every template, step and block, taken when it was recorded; and how many rows were found to be theirs.</summary>
/// <remarks>A template that was recorded again, on another thread, may differ in its last bits: any of its own recordings will do, another template's, step's or block's never.</remarks>
internal sealed class RowHashes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, HashSet<(TemplateId Template, int Step, int Block, int Row)>> _places = [];

    public long Checked { get; private set; }

    public void Add(TemplateId template, TemplateRecording recording)
    {
        lock (_gate)
        {
            for (var step = 0; step < recording.Steps; step++)
            {
                for (var block = 0; block < recording.Layout.Blocks; block++)
                {
                    Add(template, step, block, recording);
                }
            }
        }
    }

    // What it throws fails the device, and with it the test.
    public void Check((TemplateId Template, int Step, int Block, int Row) place, ReadOnlySpan<byte> row)
    {
        lock (_gate)
        {
            Checked++;
            var found = _places.GetValueOrDefault(XxHash3.HashToUInt64(row));
            if (found is null || !found.Contains(place))
            {
                throw new InvalidOperationException($"wrong cache: {place} was given {(found is null ? "what nobody recorded" : string.Join(" or ", found))}");
            }
        }
    }

    private void Add(TemplateId template, int step, int block, TemplateRecording recording)
    {
        var (rows, set) = (recording.Rows(step, block).ToArray(), recording.Layout[block]);
        for (var row = 0; row < set.Rows; row++)
        {
            var hash = XxHash3.HashToUInt64(rows.AsSpan(row * set.Format.RowBytes, set.Format.RowBytes));
            if (!_places.TryGetValue(hash, out var places))
            {
                _places.Add(hash, places = []);
            }

            places.Add((template, step, block, row));
        }
    }
}
