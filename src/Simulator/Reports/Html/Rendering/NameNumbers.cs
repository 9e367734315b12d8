namespace SimServe.Simulator.Reports.Html.Rendering;

/// <summary>Numbers the names of a chart in order of appearance, the same name the same number; colours go by it.</summary>
internal sealed class NameNumbers
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _numbers.Keys;

    public int Of(string name, int? wanted = null)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            number = wanted ?? _numbers.Count;
            _numbers.Add(name, number);
        }

        return number;
    }
}
