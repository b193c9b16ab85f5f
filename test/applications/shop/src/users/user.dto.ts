import { IsEmail, IsIn, IsOptional, IsString, MinLength } from 'class-validator';
import { i18nValidationMessage } from 'nestjs-i18n';

export class CreateUserDto {
  @IsEmail({}, { message: i18nValidationMessage('validation.email') })
  email: string;

  /** At least eight characters. */
  @IsString()
  @MinLength(8, { message: i18nValidationMessage('validation.password') })
  password: string;

  @IsOptional()
  @IsIn(['admin', 'customer'])
  role?: 'admin' | 'customer';
}

export class LoginDto {
  @IsEmail()
  email: string;

  @IsString()
  password: string;
}
