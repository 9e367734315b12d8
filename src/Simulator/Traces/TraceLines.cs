using System.Text;

namespace SimServe.Simulator.Traces;

/// <summary>The lines of a file, in memory that does not depend on how long they are.</summary>
internal sealed class TraceLines(Stream stream, int maxLineBytes, TraceFaults faults, bool needsLastBreak = true)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly byte[] _chunk = new byte[16_384];
    private readonly byte[] _line = new byte[maxLineBytes];
    private int _chunkLength;
    private int _next;
    private int _length;
    private bool _isTooLong;

    /// <summary>Number of the line last read, from 1; 0 before the first.</summary>
    public long Number { get; private set; }

    /// <summary>Reads a line; a faulty one is reported and null.</summary>
    /// <returns>False at the end.</returns>
    /// <remarks>A last line without an end is what remains of a file cut short: its last number may be half a number.</remarks>
    public bool TryRead(out string? text)
    {
        (_length, _isTooLong, text) = (0, false, null);
        if (!Fill())
        {
            return false;
        }

        Number++;
        var isEnded = Collect() || !needsLastBreak;
        if (!isEnded)
        {
            faults.Add(Number, "", "a last line without a line break", "a line break after every line", "The file is cut short: get it again, or remove the line.");
        }

        text = isEnded ? Decode() : null;
        return true;
    }

    private bool Collect()
    {
        do
        {
            var rest = _chunk.AsSpan(_next.._chunkLength);
            var end = rest.IndexOf((byte)'\n');
            Append(end < 0 ? rest : rest[..end]);
            _next += end < 0 ? rest.Length : end + 1;
            if (end >= 0)
            {
                return true;
            }
        }
        while (Fill());
        return false;
    }

    private bool Fill()
    {
        if (_next == _chunkLength)
        {
            (_next, _chunkLength) = (0, stream.Read(_chunk));
        }

        return _next < _chunkLength;
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        _isTooLong |= part.Length > maxLineBytes - _length;
        if (!_isTooLong)
        {
            part.CopyTo(_line.AsSpan(_length));
            _length += part.Length;
        }
    }

    private string? Decode()
    {
        if (_isTooLong)
        {
            faults.Add(Number, "", $"more than {maxLineBytes} bytes", $"lines of up to {maxLineBytes} bytes", "Check that the file is a trace.");
            return null;
        }

        var bytes = _line.AsSpan(0, _length > 0 && _line[_length - 1] == '\r' ? _length - 1 : _length);
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException fault)
        {
            // Columns are fields everywhere else, so here too: the number of commas before the bad byte.
            var column = bytes[..Math.Clamp(fault.Index, 0, bytes.Length)].Count((byte)',') + 1;
            faults.Add(Number, $"{column}", $"bytes that are not UTF-8, at byte {fault.Index + 1} of the line", "UTF-8", "Save the file as UTF-8.");
            return null;
        }
    }
}
