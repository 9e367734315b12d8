using SimServe.Policies;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads <c>cache</c>: what cached rows of templates are.</summary>
internal static class CacheReader
{
    public const string Variant = "variant";
    public const string Numbers = "numbers";

    public static CacheFormat Read(JsonSection? section)
    {
        if (section is null)
        {
            return default;
        }

        var format = CacheFormat.Parse(
            section.Choice(Variant, CacheFormat.VariantNames, CacheFormat.VariantNames[0]), section.Choice(Numbers, CacheFormat.NumberNames, CacheFormat.NumberNames[0]));
        section.Close();
        return format;
    }
}
