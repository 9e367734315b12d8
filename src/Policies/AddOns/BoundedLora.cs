namespace SimServe.Policies.AddOns;

/// <summary>A LoRA that a bound was measured for.</summary>
/// <param name="File">Its file, as it was given.</param>
/// <param name="Sha256">SHA-256 of the file's bytes, 64 hexadecimal digits in lower case: another file of that name has another bound.</param>
/// <param name="Scale">Its strength, finite.</param>
public sealed record BoundedLora(string File, string Sha256, double Scale);
