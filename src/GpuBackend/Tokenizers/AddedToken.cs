namespace SimServe.GpuBackend.Tokenizers;

/// <summary>A token that is looked for in the text before anything else, and never cut.</summary>
/// <param name="Content">The text that stands for it.</param>
/// <param name="Id">Its number.</param>
/// <param name="EatsLeft">Whether it swallows white space before it (<c>lstrip</c>).</param>
/// <param name="EatsRight">Whether it swallows white space after it (<c>rstrip</c>).</param>
internal sealed record AddedToken(string Content, int Id, bool EatsLeft = false, bool EatsRight = false);
