using System.Globalization;
using System.Text.Json;

namespace SimServe.Simulator.Traces.Katz;

/// <summary>Reads the kinds of value in the file of figures; the cursor stands on a value's first token, and afterwards on its last.</summary>
internal sealed class KatzValues(JsonCursor cursor, TraceFaults faults)
{
    /// <summary>Reads an object with given keys, each once; what is asked for reads the value of a key.</summary>
    public void Object(string[] keys, Action<string> read, string? optional = null)
    {
        if (cursor.Type != JsonTokenType.StartObject)
        {
            cursor.Fault($"an object with {string.Join(", ", keys)}", "Check that the file is the right one.");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!faults.IsFull && cursor.Read() && cursor.Type != JsonTokenType.EndObject)
        {
            var key = cursor.Text;
            if (!keys.Contains(key, StringComparer.Ordinal) && key != optional)
            {
                cursor.Fault(string.Join(", ", keys), "Remove the key, or correct its name.");
            }
            else if (!seen.Add(key))
            {
                cursor.Fault("every key once", "Remove one of them.");
            }
            else if (cursor.Read())
            {
                read(key);
            }
        }

        var missing = string.Join(", ", keys.Where(key => !seen.Contains(key)));
        if (missing.Length > 0 && !cursor.IsBroken)
        {
            cursor.FaultHere($"an object without {missing}", string.Join(", ", keys), "Add the keys.");
        }
    }

    public IReadOnlyList<KatzShare> Shares() =>
        [.. List(() => Numbers(2, 0, double.MaxValue)).Select(static pair => new KatzShare(pair[0], Math.Min(pair[1], 100)))];

    public IReadOnlyList<KatzNode> Nodes() =>
        [.. List(() => Numbers(2, 0, int.MaxValue)).Select(static pair => new KatzNode((int)Math.Round(pair[0]), (int)Math.Round(pair[1])))];

    public KatzLoads Loads()
    {
        var loads = KatzLoads.None;
        Object(["controlnet", "lora", "cache_sizes"], key =>
        {
            var numbers = List(() => Number(0, double.MaxValue));
            loads = key switch
            {
                "controlnet" => loads with { ControlNets = numbers },
                "lora" => loads with { Loras = numbers },
                _ => loads with { Slots = numbers },
            };
        });
        if (!cursor.IsBroken && (loads.ControlNets.Count != loads.Slots.Count || loads.Loras.Count != loads.Slots.Count))
        {
            cursor.FaultHere(
                $"{loads.ControlNets.Count} controlnet, {loads.Loras.Count} lora and {loads.Slots.Count} cache_sizes", "lists of the same length", "Add the numbers.");
        }

        return loads;
    }

    private double[] Numbers(int count, double least, double most)
    {
        var (line, numbers) = (cursor.Line, List(() => Number(least, most)));
        if (numbers.Count != count && cursor.Type == JsonTokenType.EndArray)
        {
            cursor.FaultHere($"{numbers.Count} numbers from line {line} on", $"a pair of numbers", "Correct the pair.");
        }

        return [numbers.ElementAtOrDefault(0), numbers.ElementAtOrDefault(1)];
    }

    private List<T> List<T>(Func<T> read)
    {
        var values = new List<T>();
        if (cursor.Type != JsonTokenType.StartArray)
        {
            cursor.Fault("a list", "Correct the value.");
            return values;
        }

        while (!faults.IsFull && cursor.Read() && cursor.Type != JsonTokenType.EndArray)
        {
            values.Add(read());
        }

        return values;
    }

    private double Number(double least, double most)
    {
        if (cursor.Type == JsonTokenType.Number && double.TryParse(cursor.Text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        cursor.Fault(string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), "Correct the number.");
        return least;
    }
}
