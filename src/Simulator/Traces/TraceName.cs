namespace SimServe.Simulator.Traces;

/// <summary>What names of adapters and tenants may hold.</summary>
/// <remarks>Names without separators need no quoting, so a line of the file is split at its commas and nothing else.</remarks>
public static class TraceName
{
    internal const char ListSeparator = ';';
    internal const string Allowed = "no comma, semicolon, quotation mark or control character, no space at either end, valid Unicode";

    /// <summary>Whether a name is not empty and holds no comma, semicolon, quotation mark, control character, outer space or lone surrogate.</summary>
    /// <param name="name">The name.</param>
    public static bool IsValid(string name) => !string.IsNullOrEmpty(name) && HoldsAllowedOnly(name);

    private static bool HoldsAllowedOnly(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            // A lone surrogate is enumerated as the replacement character, which would be written in its place.
            if (System.Text.Rune.IsControl(rune) || rune.Value is ',' or ';' or '"' or 0xFFFD)
            {
                return false;
            }
        }

        return name.Trim().Length == name.Length;
    }
}
