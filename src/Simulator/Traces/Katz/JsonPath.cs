using System.Globalization;

namespace SimServe.Simulator.Traces.Katz;

/// <summary>Where a reader is within a JSON document, e.g. <c>$[12].loras[1]</c>.</summary>
internal sealed class JsonPath
{
    private readonly List<Part> _parts = [];

    /// <summary>Objects and arrays that are open.</summary>
    public int Depth => _parts.Count;

    public void Open(bool isArray) => _parts.Add(new Part(isArray, null, -1));

    public void Close() => _parts.RemoveAt(_parts.Count - 1);

    public void Name(string name) => _parts[^1] = _parts[^1] with { Name = name };

    /// <summary>A value begins: within an array it is the next element.</summary>
    public void Value()
    {
        if (_parts.Count > 0 && _parts[^1].IsArray)
        {
            _parts[^1] = _parts[^1] with { Index = _parts[^1].Index + 1 };
        }
    }

    public override string ToString() => "$" + string.Concat(_parts.Select(static part => part.ToString()));

    private readonly record struct Part(bool IsArray, string? Name, long Index)
    {
        public override string ToString() => (IsArray, Name, Index) switch
        {
            (false, { } name, _) => "." + name,
            (true, _, >= 0) => string.Create(CultureInfo.InvariantCulture, $"[{Index}]"),
            _ => "",
        };
    }
}
