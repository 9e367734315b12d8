using System.Text;

namespace SimServe.Simulator.Tests.Traces;

/// <summary>A text, then one line of a given length, then its end; nothing of it is stored.</summary>
internal sealed class LongLineStream(string start, long length) : Stream
{
    private readonly byte[] _start = Encoding.UTF8.GetBytes(start);

    public long BytesRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _start.Length + length + 1;

    public override long Position { get => BytesRead; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var part = (int)Math.Min(count, Length - BytesRead);
        buffer.AsSpan(offset, part).Fill((byte)'7');
        if (BytesRead < _start.Length)
        {
            part = (int)Math.Min(part, _start.Length - BytesRead);
            _start.AsSpan((int)BytesRead, part).CopyTo(buffer.AsSpan(offset));
        }
        else if (BytesRead + part == Length && part > 0)
        {
            buffer[offset + part - 1] = (byte)'\n';
        }

        BytesRead += part;
        return part;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
