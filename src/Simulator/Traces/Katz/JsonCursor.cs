using System.Text;
using System.Text.Json;

namespace SimServe.Simulator.Traces.Katz;

/// <summary>The tokens of a JSON file, one after another, in memory that does not depend on how long the file or its lines are.</summary>
/// <remarks>
/// A whole document may stand in one line, so not lines but single values are limited. Every fault names line, column (bytes, from 1) and path.
/// Nothing can be said about what follows a break of syntax, so reading ends there.
/// </remarks>
internal sealed class JsonCursor
{
    private const int QuotedBytes = 20;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };
    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];

    private readonly Stream _stream;
    private readonly TraceFaults _faults;
    private readonly byte[] _buffer;
    private readonly JsonPath _path = new();
    private JsonReaderState _state = new(Options);
    private int _next;
    private int _end;
    private int _counted;
    private long _lineStart;
    private long _offset;
    private bool _hasRoot;

    /// <param name="stream">The file.</param>
    /// <param name="maxValueBytes">The longest value that is read; a longer one is a fault.</param>
    /// <param name="faults">Where faults go.</param>
    public JsonCursor(Stream stream, int maxValueBytes, TraceFaults faults)
    {
        (_stream, _faults) = (stream, faults);
        _buffer = new byte[maxValueBytes + 1];
        Fill();
        _next = _counted = _buffer.AsSpan(0, _end).StartsWith(Mark) ? Mark.Length : 0;
    }

    /// <summary>What the last token is.</summary>
    public JsonTokenType Type { get; private set; }

    /// <summary>Its text: of a name or text without quotation marks and escapes, of a number as written.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Whether the file broke off or is not JSON from here on; the fault is reported.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Line of the last token, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Its first byte in the line, from 1.</summary>
    public long Column { get; private set; } = 1;

    /// <summary>Reads the next token.</summary>
    /// <returns>False at the end, and where the file is broken.</returns>
    public bool Read()
    {
        while (!IsBroken)
        {
            switch (TryReadBuffered())
            {
                case true:
                    return true;
                case false when !Refill():
                    return false;
            }
        }

        return false;
    }

    /// <summary>Skips what the last token begins: an object or array to its end, a name with its value.</summary>
    public void Skip()
    {
        if (Type == JsonTokenType.PropertyName && !Read())
        {
            return;
        }

        if (Type is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            var outside = _path.Depth - 1;
            while (Read() && _path.Depth > outside)
            {
            }
        }
    }

    /// <summary>Reports the last token, and skips what it begins.</summary>
    public void Fault(string allowed, string fix)
    {
        _faults.Add(Line, Place(), Found(), allowed, fix);
        Skip();
    }

    /// <summary>Reports something about the object that the last token ends or begins.</summary>
    public void FaultHere(string found, string allowed, string fix) => _faults.Add(Line, Place(), found, allowed, fix);

    private string Place() => $"{Column} ({_path})";

    private string Found() => Type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.Null => "null",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number => Text,
        _ => TraceFaults.Quote(Text),
    };

    // Null: the file is broken.
    private bool? TryReadBuffered()
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_next, _end - _next), isFinalBlock: false, _state);
        try
        {
            if (!reader.Read())
            {
                return false;
            }

            Take(ref reader);
            return true;
        }
        catch (JsonException fault)
        {
            Break(fault);
        }
        catch (InvalidOperationException)
        {
            // What Utf8JsonReader says of a text that is not UTF-8, or of half a surrogate pair.
            MoveTo(_next + (int)reader.TokenStartIndex);
            Break("a text that is not valid Unicode", "UTF-8", "Save the file as UTF-8.");
        }

        return null;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        MoveTo(_next + (int)reader.TokenStartIndex);
        (Type, Text) = (reader.TokenType, TextOf(ref reader));
        _state = reader.CurrentState;
        _next += (int)reader.BytesConsumed;
        _hasRoot = true;
        switch (Type)
        {
            case JsonTokenType.PropertyName:
                _path.Name(Text);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _path.Close();
                break;
            default:
                _path.Value();
                if (Type is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    _path.Open(Type == JsonTokenType.StartArray);
                }

                break;
        }
    }

    private static string TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String or JsonTokenType.PropertyName => reader.GetString()!,
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => "",
    };

    /// <summary>Moves the place that faults name to a byte of the buffer.</summary>
    private void MoveTo(int index)
    {
        while (_counted < index)
        {
            CountByte();
        }

        Column = _offset + index - _lineStart + 1;
    }

    private void CountByte()
    {
        if (_buffer[_counted++] == (byte)'\n')
        {
            Line++;
            _lineStart = _offset + _counted;
        }
    }

    /// <returns>False when there is no more, or when the buffer holds a value that it cannot hold.</returns>
    private bool Refill()
    {
        if (_next == 0 && _end == _buffer.Length)
        {
            MoveTo(0);
            Break($"a value of more than {_buffer.Length - 1} bytes", "values up to that length", "Check that the file is the right one.");
            return false;
        }

        MoveTo(_next);
        _buffer.AsSpan(_next, _end - _next).CopyTo(_buffer);
        (_offset, _end, _next, _counted) = (_offset + _next, _end - _next, 0, 0);
        if (Fill())
        {
            return true;
        }

        if (!_hasRoot || _path.Depth > 0)
        {
            MoveTo(_end);
            Break("the end of the file", "JSON to its last bracket", "The file is cut short: get it again.");
        }

        return false;
    }

    private bool Fill()
    {
        var read = _stream.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }

    private void Break(JsonException fault)
    {
        // The exception's place is good; its text speaks of .NET.
        while (Line < fault.LineNumber + 1 && _counted < _end)
        {
            CountByte();
        }

        var index = (int)Math.Clamp(_lineStart + (fault.BytePositionInLine ?? 0) - _offset, _counted, _end);
        MoveTo(index);
        var found = Encoding.Latin1.GetString(_buffer.AsSpan(index, Math.Min(QuotedBytes, _end - index)));
        Break(TraceFaults.Quote(found), "JSON: no NaN or Infinity, no comments, no comma before a bracket, no more than 16 levels", "Correct the file; what follows was not read.");
    }

    private void Break(string found, string allowed, string fix)
    {
        IsBroken = true;
        _faults.Add(Line, Place(), found, allowed, fix);
    }
}
